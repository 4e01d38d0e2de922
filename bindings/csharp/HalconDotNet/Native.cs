// The C functions and structures of hcore.h (64-bit), and text in UTF-8.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace HalconDotNet
{
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeTuple
    {
        public long Value;
        public int Type;
        public int Pad;
        public long Num;
        public long Capacity;
        public int Free;
        public int Reserved;
        public long* Elements;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeArguments
    {
        public IntPtr* InObjects;
        public IntPtr* OutObjects;
        public NativeTuple* InControls;
        public NativeTuple* OutControls;
        public int NumInObjects;
        public int NumOutObjects;
        public int NumInControls;
        public int NumOutControls;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeErrorInfo
    {
        public uint Code;
        public int Parameter;
        public fixed byte OperatorName[64];
        public fixed byte Text[1024];
    }

    internal static unsafe class Native
    {
        private const string Library = "alcedo";
        private const int Interface = 1; // ALCEDO_INTERFACE of the hcore.h that this file was written for
        internal const uint Ok = 2;

        [DllImport(Library)] internal static extern uint HCall(byte* name, NativeArguments* arguments, NativeErrorInfo* error);
        [DllImport(Library)] internal static extern uint HCopyHandle(IntPtr handle);
        [DllImport(Library)] internal static extern uint HReleaseHandle(IntPtr handle);
        [DllImport(Library)] private static extern byte* HHandleSemType(IntPtr handle);
        [DllImport(Library)] internal static extern uint HCopyObject(IntPtr key, IntPtr* copy);
        [DllImport(Library)] internal static extern uint HReleaseObject(IntPtr key);
        [DllImport(Library)] internal static extern void HDestroyTuples(NativeTuple* tuples, int num);
        [DllImport(Library)] private static extern byte* HErrorText(uint code);
        [DllImport(Library)] private static extern uint HCheckInterface(int headerInterface, NativeErrorInfo* error);

        static Native()
        {
            NativeErrorInfo info;
            uint code = HCheckInterface(Interface, &info);
            if (code != Ok) throw new HalconException((int)code, TextAt(info.Text));
        }

        internal static string ErrorText(uint code) => TextAt(HErrorText(code));

        internal static string SemType(IntPtr handle) =>
            handle == IntPtr.Zero ? "hnull" : TextAt(HHandleSemType(handle));

        internal static string TextAt(byte* text)
        {
            if (text == null) return "";
            int length = 0;
            while (text[length] != 0) length++;
            return Encoding.UTF8.GetString(text, length);
        }

        /// <summary>NUL-terminated UTF-8.</summary>
        internal static byte[] Bytes(string text)
        {
            if (text.IndexOf('\0') >= 0) throw new HTupleAccessException("a string must not hold a NUL character");
            byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
            Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }
    }
}
