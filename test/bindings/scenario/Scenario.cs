// The scenario of README.md in C#.
using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using HalconDotNet;

public static class Scenario
{
    private static StreamWriter text;

    private static void Print(string name, HTuple tuple)
    {
        foreach (object value in tuple.OArr)
        {
            bool real = value is double;
            text.Write(name + " " + (real ? (object)(long)Math.Floor((double)value * 1e6 + 0.5) : value) + "\n");
        }
    }

    private static HImage SampleImage(int s)
    {
        var pixels = new float[3 * 32 * 32];
        for (int c = 0; c < 3; c++)
            for (int i = 0; i < 32 * 32; i++)
                pixels[c * 32 * 32 + i] = (float)((7 * i + 13 * c + 29 * s) % 101 / 50.5 - 1);
        GCHandle pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        IntPtr start = pinned.AddrOfPinnedObject();
        var image = new HImage();
        image.GenImage3("real", 32, 32, start, start + 4 * 32 * 32, start + 8 * 32 * 32);
        pinned.Free();
        return image;
    }

    private static HDict[] Samples(int first, int num)
    {
        return Enumerable.Range(first, num).Select(s =>
        {
            var sample = new HDict();
            using (HImage image = SampleImage(s)) sample.SetDictObject(image, "image");
            sample.SetDictTuple("image_label_id", s % 10);
            return sample;
        }).ToArray();
    }

    private static void Run(string[] files)
    {
        using (var model = new HDlModel(files[0]))
        {
            Print("type", model.GetDlModelParam("type"));
            Print("image_dimensions", model.GetDlModelParam("image_dimensions"));
            model.SetDlModelParam("batch_size", 4);

            HDlPrune pruning = model.CreateDlPruning("oracle", new HDict());
            pruning.AddDlPruningBatch(model, Samples(0, 4));
            model.AddDlPruningBatch(pruning, Samples(4, 3));
            Print("prunable_conv_num", pruning.GetDlPruningParam("prunable_conv_num"));
            Print("prunable_conv_layer_name", pruning.GetDlPruningParam("prunable_conv_layer_name"));
            Print("prunable_kernel_num", pruning.GetDlPruningParam("prunable_kernel_num"));

            pruning.SetDlPruningParam("percentage", 40);
            HDlModel pruned = model.GenDlPrunedModel(pruning);
            Print("pruned_kernel_num", pruning.GetDlPruningParam("pruned_kernel_num"));
            Print("pruned_percentage", pruning.GetDlPruningParam("pruned_percentage"));

            pruned.SetDlModelParam("learning_rate", 0.01);
            HDict[] batch = Samples(0, 4);
            for (int step = 0; step < 2; step++)
                Print("total_loss", pruned.TrainDlModelBatch(batch).GetDictTuple("total_loss"));
            foreach (HDict result in pruned.ApplyDlModel(batch, new HTuple()))
            {
                Print("classification_class_ids", result.GetDictTuple("classification_class_ids"));
                Print("classification_confidences", result.GetDictTuple("classification_confidences"));
            }
            pruned.WriteDlModel(files[2]);
        }
    }

    public static void Main(string[] files)
    {
        using (text = new StreamWriter(files[1])) Run(files);
    }
}
