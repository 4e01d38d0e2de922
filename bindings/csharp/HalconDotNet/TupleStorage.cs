// TupleStorage: the elements of an HTuple in one array of their type, or of objects when they are mixed; and its way
// to and from the native representation.
using System;
using System.Globalization;

namespace HalconDotNet
{
    internal sealed unsafe class TupleStorage
    {
        internal HTupleType Type { get; private set; }
        internal int Num { get; private set; }
        private Array data;

        internal TupleStorage() { }

        /// <summary>Takes over an array of long, double, string, HHandle or object.</summary>
        internal TupleStorage(Array data)
        {
            this.data = data;
            Num = data.Length;
            Type = Num == 0 ? HTupleType.EMPTY : ArrayType(data);
        }

        internal static HTupleType TypeOf(object value)
        {
            if (value is long) return HTupleType.LONG;
            if (value is double) return HTupleType.DOUBLE;
            if (value is string) return HTupleType.STRING;
            if (value is HHandle) return HTupleType.HANDLE;
            throw new HTupleAccessException(
                "a tuple cannot hold " + (value == null ? "null" : "a " + value.GetType().Name));
        }

        /// <summary>The value as a tuple stores it: long, double, string or HHandle.</summary>
        internal static object Stored(object value)
        {
            if (value is int || value is short || value is sbyte || value is byte || value is ushort || value is uint)
                return Convert.ToInt64(value);
            if (value is bool) return (bool)value ? 1L : 0L;
            if (value is float) return (double)(float)value;
            if (value is IntPtr) return ((IntPtr)value).ToInt64();
            TypeOf(value);
            return value;
        }

        internal static long AsLong(object value) => value is long ? (long)value : throw Mismatch(value, "an integer");

        internal static int AsInt(object value)
        {
            long number = AsLong(value);
            if (number >= int.MinValue && number <= int.MaxValue) return (int)number;
            throw new HTupleAccessException(number + " needs more than 32 bits; use L");
        }

        internal static double AsDouble(object value) =>
            value is double ? (double)value : value is long ? (long)value : throw Mismatch(value, "a number");

        internal static string AsString(object value) => value as string ?? throw Mismatch(value, "a string");

        internal static HHandle AsHandle(object value) =>
            new HHandle(value as HHandle ?? throw Mismatch(value, "a handle"));

        internal static object AsObject(object value) => value is HHandle ? AsHandle(value) : value;

        private static HTupleAccessException Mismatch(object value, string wanted) =>
            new HTupleAccessException("the element is " + Kind(value) + ", not " + wanted);

        private static string Kind(object value) =>
            value is string ? "a string" : value is long ? "an integer" : value is double ? "a real" : "a handle";

        internal object this[int index]
        {
            get
            {
                if (index < 0 || index >= Num)
                    throw new HTupleAccessException(
                        "index " + index + " is outside of a tuple of " + Num + " elements", 2402);
                return data.GetValue(index);
            }
        }

        /// <summary>Overwrites an element; a handle is referenced anew. Beyond the end the tuple grows, with zeros.</summary>
        internal void Set(int index, object value)
        {
            if (index < 0) throw new HTupleAccessException("index " + index + " is negative", 2402);
            while (Num < index) Add(0L);
            if (index == Num)
            {
                Add(value);
                return;
            }
            HHandle old = this[index] as HHandle;
            if (Type != HTupleType.MIXED && Type != TypeOf(value)) Mix();
            data.SetValue(Owned(value), index);
            if (old != null) old.Dispose();
        }

        internal void Add(object value)
        {
            HTupleType type = TypeOf(value);
            if (Num == 0)
            {
                Type = type;
                data = NewArray(type, 4);
            }
            else if (Type != HTupleType.MIXED && Type != type)
            {
                Mix();
            }
            if (Num == data.Length) Resize(NewArray(Type, 2 * Num));
            data.SetValue(Owned(value), Num);
            Num++;
        }

        internal void Dispose()
        {
            if (Type == HTupleType.HANDLE || Type == HTupleType.MIXED)
                for (int i = 0; i < Num; i++) (data.GetValue(i) as HHandle)?.Dispose();
            Num = 0;
            Type = HTupleType.EMPTY;
        }

        internal void Write(NativeTuple* target, HCall.Memory memory)
        {
            *target = new NativeTuple { Type = (int)Type, Num = Num, Capacity = Num };
            if (Num == 0) return;
            Array raw = data;
            if (Type == HTupleType.STRING || Type == HTupleType.HANDLE)
            {
                var words = new long[Num];
                for (int i = 0; i < Num; i++)
                {
                    object value = data.GetValue(i); // null in an array of handles is the null handle
                    words[i] = value == null && Type == HTupleType.HANDLE ? 0 : Word(value, memory);
                }
                raw = words;
            }
            else if (Type == HTupleType.MIXED)
            {
                var words = new long[2 * Num];
                for (int i = 0; i < Num; i++)
                {
                    words[2 * i] = Word(data.GetValue(i), memory);
                    words[2 * i + 1] = (long)TypeOf(data.GetValue(i));
                }
                raw = words;
            }
            target->Elements = memory.Pin(raw);
        }

        internal static TupleStorage Read(NativeTuple* source)
        {
            int num = checked((int)source->Num);
            HTupleType type = num == 0 ? HTupleType.EMPTY : (HTupleType)source->Type;
            Array data = NewArray(type, num);
            long* words = source->Elements;
            if (type == HTupleType.LONG)
                for (int i = 0; i < num; i++) ((long[])data)[i] = words[i];
            else if (type == HTupleType.DOUBLE)
                for (int i = 0; i < num; i++) ((double[])data)[i] = ((double*)words)[i];
            else if (type == HTupleType.MIXED)
                for (int i = 0; i < num; i++) data.SetValue(Value(words[2 * i], (int)words[2 * i + 1]), i);
            else
                for (int i = 0; i < num; i++) data.SetValue(Value(words[i], (int)type), i);
            return new TupleStorage(data) { Type = type };
        }

        /// <summary>An element as HTuple.ToString() prints it.</summary>
        internal static string Printed(object value)
        {
            if (value is string) return "\"" + value + "\"";
            if (!(value is double)) return Convert.ToString(value, CultureInfo.InvariantCulture);
            string text = ((double)value).ToString("R", CultureInfo.InvariantCulture);
            return text.IndexOfAny(new[] { '.', 'E', 'N', 'I' }) < 0 ? text + ".0" : text;
        }

        private static object Owned(object value)
        {
            HHandle handle = value as HHandle;
            return handle == null ? value : new HHandle(handle);
        }

        private static HTupleType ArrayType(Array data)
        {
            if (data is long[]) return HTupleType.LONG;
            if (data is double[]) return HTupleType.DOUBLE;
            if (data is string[]) return HTupleType.STRING;
            return data is HHandle[] ? HTupleType.HANDLE : HTupleType.MIXED;
        }

        private static Array NewArray(HTupleType type, int length)
        {
            switch (type)
            {
                case HTupleType.LONG: return new long[length];
                case HTupleType.DOUBLE: return new double[length];
                case HTupleType.STRING: return new string[length];
                case HTupleType.HANDLE: return new HHandle[length];
                default: return new object[length];
            }
        }

        private void Mix()
        {
            Resize(NewArray(HTupleType.MIXED, data.Length));
            Type = HTupleType.MIXED;
        }

        private void Resize(Array target)
        {
            for (int i = 0; i < Num; i++) target.SetValue(data.GetValue(i), i);
            data = target;
        }

        private static long Word(object value, HCall.Memory memory)
        {
            if (value is long) return (long)value;
            if (value is double) return BitConverter.DoubleToInt64Bits((double)value);
            if (TypeOf(value) == HTupleType.STRING) return (long)memory.Pin(Native.Bytes((string)value));
            return ((HHandle)value).Handle.ToInt64();
        }

        private static object Value(long word, int type)
        {
            switch ((HTupleType)type)
            {
                case HTupleType.LONG: return word;
                case HTupleType.DOUBLE: return BitConverter.Int64BitsToDouble(word);
                case HTupleType.STRING: return Native.TextAt((byte*)word);
                default: return new HHandle(new IntPtr(word));
            }
        }
    }
}
