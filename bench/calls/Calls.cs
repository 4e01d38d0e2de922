// The peer of C#: tuple_length of one integer, n times, per JSON line (bench/rows/calls.ts).
using System;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using HalconDotNet;

public static class Calls
{
    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            int n = int.Parse(Regex.Match(line, "\"n\":(\\d+)").Groups[1].Value);
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < n; i++)
            {
                HTuple length;
                HOperatorSet.TupleLength(5, out length);
            }
            double ms = watch.Elapsed.TotalMilliseconds / n;
            Console.WriteLine("{\"ms\":" + ms.ToString("F9", CultureInfo.InvariantCulture) + "}");
        }
    }
}
