// HObject: the key of an iconic object (or tuple of them); same rules of lifetime as HHandle.
using System;
using System.Threading;

namespace HalconDotNet
{
    public partial class HObject : IDisposable
    {
        private IntPtr key;
        private bool disposed;

        /// <summary>Uninitialised.</summary>
        public HObject() { }

        /// <summary>A new key of the same object.</summary>
        public HObject(HObject other)
        {
            Adopt(Copied(other.Key));
            GC.KeepAlive(other);
        }

        /// <summary>A key given as its number: a new key of the object, or (copy = false) the key itself.</summary>
        public HObject(IntPtr key, bool copy = true)
        {
            Adopt(copy ? Copied(key) : key);
        }

        internal HObject(HCall call, int output)
        {
            Adopt(call.TakeObject(output));
        }

        ~HObject()
        {
            Release();
        }

        public IntPtr Key
        {
            get
            {
                if (disposed) throw new ObjectDisposedException(GetType().Name);
                return key;
            }
        }

        public bool IsInitialized() => key != IntPtr.Zero;

        public HObject Clone() => new HObject(this);

        /// <summary>One object of a tuple of objects, counted from 1.</summary>
        public HObject this[int index] => SelectObj(index);

        /// <summary>Gives the key back; a second time nothing happens.</summary>
        public void Dispose()
        {
            Release();
            disposed = true;
            GC.SuppressFinalize(this);
        }

        internal void Adopt(IntPtr reference)
        {
            Release();
            key = reference;
            if (disposed) GC.ReRegisterForFinalize(this);
            disposed = false;
        }

        private static unsafe IntPtr Copied(IntPtr key)
        {
            IntPtr copy = IntPtr.Zero;
            uint code = key == IntPtr.Zero ? Native.Ok : Native.HCopyObject(key, &copy);
            if (code != Native.Ok) throw new HOperatorException((int)code, Native.ErrorText(code), "copy_obj");
            return copy;
        }

        private void Release()
        {
            IntPtr mine = Interlocked.Exchange(ref key, IntPtr.Zero);
            if (mine != IntPtr.Zero) Native.HReleaseObject(mine);
        }
    }
}
