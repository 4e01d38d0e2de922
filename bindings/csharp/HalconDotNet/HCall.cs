// HCall: one operator call, written as a chain:
//   new HCall("create_dl_pruning").In(model).In("oracle").In(parameters).Run(0, 1)
// and then Tuple(i), Int(i), TakeHandle(i) … for the outputs.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace HalconDotNet
{
    internal sealed unsafe class HCall
    {
        private static readonly HTuple Empty = new HTuple();
        private readonly string name;
        private readonly List<object> controls = new List<object>();
        private readonly List<HObject> objects = new List<HObject>();
        private HTuple[] results;
        private IntPtr[] resultObjects;

        internal HCall(string name)
        {
            this.name = name;
        }

        /// <summary>A tuple, handle, array of handles or scalar; null stands for the empty tuple.</summary>
        internal HCall In(object value)
        {
            bool ready = value is HTuple || value is HHandle || value is HHandle[];
            controls.Add(ready ? value : value == null ? Empty : new HTuple(new[] { value }));
            return this;
        }

        internal HCall InObject(HObject value)
        {
            objects.Add(value ?? throw new ArgumentNullException(name));
            return this;
        }

        internal HCall Run(int numOutObjects, int numOutControls)
        {
            int numIn = controls.Count;
            NativeTuple* tuples = stackalloc NativeTuple[numIn + numOutControls + 1];
            IntPtr* keys = stackalloc IntPtr[objects.Count + numOutObjects + 1];
            var memory = new Memory();
            try
            {
                for (int i = 0; i < numIn; i++) Write(controls[i], tuples + i, memory);
                for (int i = 0; i < numOutControls; i++) tuples[numIn + i] = new NativeTuple();
                for (int i = 0; i < objects.Count; i++) keys[i] = objects[i].Key;
                for (int i = 0; i < numOutObjects; i++) keys[objects.Count + i] = IntPtr.Zero;
                var arguments = new NativeArguments
                {
                    InObjects = keys,
                    OutObjects = keys + objects.Count,
                    InControls = tuples,
                    OutControls = tuples + numIn,
                    NumInObjects = objects.Count,
                    NumOutObjects = numOutObjects,
                    NumInControls = numIn,
                    NumOutControls = numOutControls
                };
                NativeErrorInfo info;
                uint code;
                fixed (byte* text = Native.Bytes(name)) code = Native.HCall(text, &arguments, &info);
                if (code != Native.Ok)
                    throw new HOperatorException((int)code, Native.TextAt(info.Text), name, info.Parameter);
                Read(tuples + numIn, numOutControls, keys + objects.Count, numOutObjects);
            }
            finally
            {
                memory.Free();
                GC.KeepAlive(this); // and with it the inputs
            }
            return this;
        }

        internal HCall Store<T>(out T target, Func<HCall, T> read)
        {
            target = read(this);
            return this;
        }

        internal HTuple Tuple(int output) => results[output];
        internal int Int(int output) => Single(output).I;
        internal double Double(int output) => Single(output).D;
        internal string String(int output) => Single(output).S;
        internal IntPtr Pointer(int output) => new IntPtr(Single(output).L);

        internal IntPtr TakeHandle(int output)
        {
            HTuple tuple = Single(output);
            using (HHandle handle = tuple.H)
            {
                tuple.Dispose();
                return HHandle.Shared(handle.Handle);
            }
        }

        internal T[] Handles<T>(int output, Func<HHandle, T> make)
        {
            HTuple tuple = results[output];
            var handles = new T[tuple.Length];
            for (int i = 0; i < handles.Length; i++)
                using (HHandle handle = tuple[i].H) handles[i] = make(handle);
            tuple.Dispose();
            return handles;
        }

        internal IntPtr TakeObject(int output)
        {
            IntPtr key = resultObjects[output];
            resultObjects[output] = IntPtr.Zero;
            return key;
        }

        private HTuple Single(int output)
        {
            if (results[output].Length == 1) return results[output];
            throw new HTupleAccessException(name + ": one value is expected, found " + results[output].Length);
        }

        private static void Write(object value, NativeTuple* target, Memory memory)
        {
            *target = new NativeTuple();
            HHandle handle = value as HHandle;
            HHandle[] handles = value as HHandle[];
            if (handle != null)
            {
                target->Value = handle.Handle.ToInt64();
                target->Type = (int)HTupleType.HANDLE;
                target->Num = target->Capacity = 1;
                target->Elements = &target->Value;
            }
            else if (handles != null)
            {
                new TupleStorage(handles).Write(target, memory);
            }
            else
            {
                ((HTuple)value).Storage.Write(target, memory);
            }
        }

        private void Read(NativeTuple* tuples, int numTuples, IntPtr* keys, int numKeys)
        {
            resultObjects = new IntPtr[numKeys];
            for (int i = 0; i < numKeys; i++) resultObjects[i] = keys[i];
            results = new HTuple[numTuples];
            try
            {
                for (int i = 0; i < numTuples; i++) results[i] = new HTuple(TupleStorage.Read(tuples + i));
            }
            finally
            {
                Native.HDestroyTuples(tuples, numTuples);
            }
        }

        /// <summary>Pinned arrays and native text of one call.</summary>
        internal sealed class Memory
        {
            private readonly List<GCHandle> pinned = new List<GCHandle>();

            internal long* Pin(Array array)
            {
                GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
                pinned.Add(handle);
                return (long*)handle.AddrOfPinnedObject();
            }

            internal void Free()
            {
                foreach (GCHandle handle in pinned) handle.Free();
            }
        }
    }
}
