// Ownership in .NET: disposing twice, using after disposing, finalisers in any order, and cycles that keep memory flat.
using System;
using System.IO;
using HalconDotNet;

public static class Ownership
{
    private static void Check(bool condition, string what)
    {
        if (!condition) throw new Exception("failed: " + what);
    }

    private static int CodeOf(Action action)
    {
        try { action(); }
        catch (HalconException exception) { return exception.GetErrorCode(); }
        return 2;
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * 4;
    }

    private static void Cycle(bool dispose)
    {
        var dict = new HDict();
        var value = new HTuple(1, 2.5, "text", dict);
        dict.SetDictTuple("key", new HTuple(1, 2.5, "text"));
        HTuple back = dict.GetDictTuple("key");
        Check(back.Length == 3 && back[2].S == "text" && back[1].D == 2.5, "round trip");
        var image = new HImage("byte", 8, 8);
        dict.SetDictObject(image, "image");
        HObject copy = dict.GetDictObject("image");
        Check(CodeOf(() => dict.GetDictTuple("missing")) == 2894, "missing key");
        Check(copy[1].CountObj() == 1 && new HDict(dict.Clone()).GetDictTuple("key").Length == 3, "copies");
        using (HImage clone = image.Clone()) Check(clone.CountChannels() == 1, "clone of an image");
        if (!dispose) return; // the finalisers do it, in any order
        copy.Dispose();
        image.Dispose();
        back.Dispose();
        value.Dispose();
        dict.Dispose();
    }

    private static void Misuse()
    {
        var dict = new HDict();
        var other = new HDict(dict);
        dict.Dispose();
        dict.Dispose();
        other.SetDictTuple("key", 1);
        try
        {
            dict.SetDictTuple("key", 1);
            Check(false, "use after dispose");
        }
        catch (ObjectDisposedException) { }
        HOperatorSet.ClearHandle(other);
        Check(CodeOf(() => other.SetDictTuple("key", 1)) == 2454, "cleared handle");
        Check(CodeOf(() => new HDlModel(other)) == 2404, "handle of another type");
        Check(CodeOf(() => new HDlModel().GetDlModelParam("type")) == 2453, "uninitialised handle");
        Check(CodeOf(() => HDict.DictToJson(new HDict[] { null }, new HTuple(), new HTuple())) == 2453, "null among handles");
        var image = new HImage("byte", 4, 4);
        image.Dispose();
        image.Dispose();
        image.GenImageConst("byte", 2, 2);
        int width, height;
        image.GetImageSize(out width, out height);
        Check(width == 2 && height == 2, "used again after dispose");
    }

    private static void Tuples()
    {
        HTuple t = 5;
        t[3] = 2.5;
        Check(t.Length == 4 && t.Type == HTupleType.MIXED && t.ToString() == "[5, 0, 0, 2.5]", "growth");
        Check(t[0] + 1 == 6 && new HTuple("a") + 5 == "a5" && -t[0] == -5 && t[0] != 4, "operators");
        HTuple sum = new HTuple(1, 2) + 3;
        Check(sum == new HTuple(4, 5) && sum < 5 && (sum & 4) == new HTuple(4, 4) && new HTuple(1) << 4 == 16, "arithmetic");
        sum[new HTuple(0, 1)] = 7;
        sum[0].I = 8;
        Check(sum.I == 8 && sum[1] == 7 && sum.IArr[1] == 7 && sum.TupleConcat(1, "x").Length == 4, "indexing");
        int i = sum[1];
        double d = t[3];
        string s = new HTuple("text");
        Check(i == 7 && d == 2.5 && s == "text" && new HTuple(new[] { 1.0, 2.0 }).DArr[1] == 2.0, "conversions");
        Check(CodeOf(() => { double wrong = new HTuple("text").D; }) == 2401, "wrong element");
        Check(CodeOf(() => { double wrong = t[9].D; }) == 2402, "index beyond the end");
        HTuple shared = t;
        Check(new HTuple(t) == t && shared.Clone().Append(1).Length == 5 && t.Length == 4, "copies");
    }

    public static int Main(string[] arguments)
    {
        int cycles = arguments.Length > 0 ? int.Parse(arguments[0]) : 100;
        Tuples();
        Misuse();
        for (int i = 0; i < cycles / 2; i++) Cycle(i % 2 == 0);
        long before = Resident();
        for (int i = 0; i < cycles; i++)
        {
            Cycle(i % 2 == 0);
            if (i % 5000 == 0) Resident(); // lets the finaliser keep up on a busy machine
        }
        Console.WriteLine("growth " + (Resident() - before) + " KiB");
        return 0;
    }
}
