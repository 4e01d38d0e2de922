// The .NET forms of the documented page, run as written. Prints each signature line that was run. Declarations.cs is
// made by the test from the page and compiled along.
using System;
using HalconDotNet;

public static class Page
{
    private static void Ran(HHandle pruning, string line)
    {
        if (pruning.SemType != "dl_pruning") throw new Exception("no pruning handle: " + line);
        Console.WriteLine(line);
        pruning.Dispose();
    }

    public static int Main(string[] arguments)
    {
        using (var model = new HDlModel(arguments[0]))
        using (var empty = new HDict())
        {
            HTuple DLPruningHandle;
            HOperatorSet.CreateDlPruning(model, "oracle", new HTuple(), out DLPruningHandle);
            Ran(DLPruningHandle.H, "static void HOperatorSet.CreateDlPruning(HTuple DLModelHandle, HTuple mode, " +
                "HTuple genParam, out HTuple DLPruningHandle)");
            DLPruningHandle.Dispose();

            Ran(model.CreateDlPruning("oracle", empty), "HDlPrune HDlModel.CreateDlPruning(string mode, HDict genParam)");
            Ran(new HDlPrune(model, "oracle", null),
                "public HDlPrune(HDlModel DLModelHandle, string mode, HDict genParam)");
            var replaced = new HDlPrune();
            replaced.CreateDlPruning(model, "oracle", empty);
            Ran(replaced, "void HDlPrune.CreateDlPruning(HDlModel DLModelHandle, string mode, HDict genParam)");

            try
            {
                new HDlPrune(model, "no such mode", empty);
                return 3;
            }
            catch (HOperatorException exception)
            {
                if (exception.GetErrorCode() != 1302) return 4;
                if (!exception.Message.EndsWith(" in operator create_dl_pruning")) return 5;
            }
        }
        return 0;
    }
}
