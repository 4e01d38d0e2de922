// HHandle: one reference of a native handle. Dispose() gives it back at once, the finaliser does it otherwise.
using System;
using System.Threading;

namespace HalconDotNet
{
    public partial class HHandle : IDisposable
    {
        private IntPtr handle;
        private bool disposed;

        /// <summary>Uninitialised.</summary>
        public HHandle() { }

        /// <summary>A new reference of a handle given as its number.</summary>
        public HHandle(IntPtr handle)
        {
            Adopt(Shared(handle));
        }

        /// <summary>A new reference of the same handle.</summary>
        public HHandle(HHandle other)
        {
            Adopt(Shared(other.Handle));
            GC.KeepAlive(other);
        }

        internal HHandle(HCall call, int output)
        {
            Adopt(call.TakeHandle(output));
        }

        ~HHandle()
        {
            Release();
        }

        /// <summary>The handle's number; zero when uninitialised.</summary>
        public IntPtr Handle
        {
            get
            {
                if (disposed) throw new ObjectDisposedException(GetType().Name);
                return handle;
            }
        }

        public bool IsInitialized() => handle != IntPtr.Zero;

        /// <summary>Semantic type of the handle itself: "dl_model", "dict", …; "hnull" when uninitialised.</summary>
        public string SemType
        {
            get
            {
                string type = Native.SemType(Handle);
                GC.KeepAlive(this);
                return type;
            }
        }

        /// <summary>A copy of the content, for types that can be serialized.</summary>
        public HHandle Clone()
        {
            var copy = new HHandle();
            using (HSerializedItem item = SerializeHandle()) copy.DeserializeHandle(item);
            return copy;
        }

        /// <summary>Gives the reference back; a second time nothing happens.</summary>
        public void Dispose()
        {
            Release();
            disposed = true;
            GC.SuppressFinalize(this);
        }

        public override string ToString() => disposed ? "H(disposed)" : "H" + handle.ToInt64().ToString("X");

        /// <summary>Semantic type that the class accepts; null: every one.</summary>
        protected virtual string AcceptedSemType => null;

        /// <summary>Takes over a reference, in place of the one held so far; released if its type is wrong.</summary>
        internal void Adopt(IntPtr reference)
        {
            string found = AcceptedSemType == null ? null : Native.SemType(reference);
            if (reference != IntPtr.Zero && found != AcceptedSemType)
            {
                Native.HReleaseHandle(reference);
                string text = "a handle of type " + AcceptedSemType + " is expected, found " + found;
                throw new HOperatorException(2404, text, GetType().Name);
            }
            Release();
            handle = reference;
            if (disposed) GC.ReRegisterForFinalize(this);
            disposed = false;
        }

        internal static IntPtr Shared(IntPtr handle)
        {
            if (handle != IntPtr.Zero) Native.HCopyHandle(handle);
            return handle;
        }

        private void Release()
        {
            IntPtr mine = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (mine != IntPtr.Zero) Native.HReleaseHandle(mine);
        }
    }
}
