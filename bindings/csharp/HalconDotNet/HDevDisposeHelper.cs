// HDevDisposeHelper: collects temporaries, as exported programs do, and disposes of them together.
using System;
using System.Collections.Generic;

namespace HalconDotNet
{
    public sealed class HDevDisposeHelper : IDisposable
    {
        private readonly List<IDisposable> taken = new List<IDisposable>();

        public HTuple Take(HTuple tuple) => Keep(tuple);
        public HObject Take(HObject iconic) => Keep(iconic);
        public HHandle Take(HHandle handle) => Keep(handle);

        public void Dispose()
        {
            foreach (IDisposable one in taken) one.Dispose();
            taken.Clear();
        }

        private T Keep<T>(T one) where T : class, IDisposable
        {
            if (one != null) taken.Add(one);
            return one;
        }
    }
}
