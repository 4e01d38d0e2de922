// HTuple: a control tuple of integers, reals, strings and handles.
using System;
using System.Linq;

namespace HalconDotNet
{
    public enum HTupleType
    {
        EMPTY = 0,
        INTEGER = 1,
        LONG = 1,
        DOUBLE = 2,
        STRING = 4,
        MIXED = 8,
        HANDLE = 16
    }

    public partial class HTuple : IDisposable
    {
        internal TupleStorage Storage { get; private set; }

        public HTuple() { Storage = new TupleStorage(); }
        public HTuple(int value) : this((long)value) { }
        public HTuple(long value) { Storage = new TupleStorage(new[] { value }); }
        public HTuple(IntPtr value) : this(value.ToInt64()) { }
        public HTuple(bool value) : this(value ? 1L : 0L) { }
        public HTuple(float value) : this((double)value) { }
        public HTuple(double value) { Storage = new TupleStorage(new[] { value }); }
        public HTuple(string value)
        {
            if (value == null) throw new ArgumentNullException(nameof(value));
            Storage = new TupleStorage(new[] { value });
        }
        public HTuple(HHandle value) : this() { Storage.Add(value); }
        public HTuple(int[] values) { Storage = new TupleStorage(Array.ConvertAll(values, value => (long)value)); }
        public HTuple(long[] values) { Storage = new TupleStorage((long[])values.Clone()); }
        public HTuple(float[] values) { Storage = new TupleStorage(Array.ConvertAll(values, value => (double)value)); }
        public HTuple(double[] values) { Storage = new TupleStorage((double[])values.Clone()); }
        public HTuple(string[] values) : this() { foreach (string value in values) Storage.Add(value); }
        public HTuple(HHandle[] values) : this() { foreach (HHandle value in values) Storage.Add(value); }
        /// <summary>Single values and tuples, one behind the other.</summary>
        public HTuple(params object[] values) : this()
        {
            foreach (object value in values)
            {
                if (value is HTuple) Append((HTuple)value);
                else Storage.Add(TupleStorage.Stored(value));
            }
        }
        public HTuple(HTuple other) : this() { Append(other); }
        internal HTuple(TupleStorage storage) { Storage = storage; }

        public int Length => Storage.Num;
        public HTupleType Type => Storage.Type;

        /// <summary>Element `index`, from 0; assigning beyond the end makes the tuple grow.</summary>
        public HTuple this[int index]
        {
            get { return new HTupleElements(this, new[] { index }); }
            set { Assign(new[] { index }, value); }
        }

        /// <summary>Several elements; they take as many values, or all the same one.</summary>
        public HTuple this[HTuple indices]
        {
            get { return new HTupleElements(this, indices.ToIArr()); }
            set { Assign(indices.ToIArr(), value); }
        }

        /// <summary>The first element. Integers convert to double; nothing else converts.</summary>
        public int I { get { return TupleStorage.AsInt(Storage[0]); } set { Set(0, (long)value); } }
        public long L { get { return TupleStorage.AsLong(Storage[0]); } set { Set(0, value); } }
        public double D { get { return TupleStorage.AsDouble(Storage[0]); } set { Set(0, value); } }
        public string S { get { return TupleStorage.AsString(Storage[0]); } set { Set(0, value); } }
        /// <summary>A new reference of the first element's handle.</summary>
        public HHandle H { get { return TupleStorage.AsHandle(Storage[0]); } set { Set(0, value); } }
        public object O { get { return TupleStorage.AsObject(Storage[0]); } set { Set(0, TupleStorage.Stored(value)); } }

        public int[] IArr => ToIArr();
        public long[] LArr => ToLArr();
        public double[] DArr => ToDArr();
        public string[] SArr => ToSArr();
        public HHandle[] HArr => ToHArr();
        public object[] OArr => ToOArr();
        public int[] ToIArr() => Map(TupleStorage.AsInt);
        public long[] ToLArr() => Map(TupleStorage.AsLong);
        public double[] ToDArr() => Map(TupleStorage.AsDouble);
        public string[] ToSArr() => Map(TupleStorage.AsString);
        public HHandle[] ToHArr() => Map(TupleStorage.AsHandle);
        public object[] ToOArr() => Map(TupleStorage.AsObject);

        /// <summary>Appends in place.</summary>
        public HTuple Append(HTuple other)
        {
            for (int i = 0, num = other.Length; i < num; i++) Storage.Add(other.Storage[i]);
            return this;
        }

        /// <summary>A new tuple: this one, then the others.</summary>
        public HTuple TupleConcat(params HTuple[] others)
        {
            var result = new HTuple(this);
            foreach (HTuple other in others) result.Append(other);
            return result;
        }

        public HTuple Clone() => new HTuple(this);

        /// <summary>Releases the handles in the tuple and leaves it empty.</summary>
        public void Dispose() => Storage.Dispose();

        public override string ToString()
        {
            string[] texts = Enumerable.Range(0, Length).Select(i => TupleStorage.Printed(Storage[i])).ToArray();
            return texts.Length == 1 ? texts[0] : "[" + string.Join(", ", texts) + "]";
        }

        public static implicit operator HTuple(int value) => new HTuple(value);
        public static implicit operator HTuple(long value) => new HTuple(value);
        public static implicit operator HTuple(IntPtr value) => new HTuple(value);
        public static implicit operator HTuple(bool value) => new HTuple(value);
        public static implicit operator HTuple(float value) => new HTuple(value);
        public static implicit operator HTuple(double value) => new HTuple(value);
        public static implicit operator HTuple(string value) => value == null ? null : new HTuple(value);
        public static implicit operator HTuple(HHandle value) => value == null ? null : new HTuple(value);
        public static implicit operator HTuple(int[] values) => new HTuple(values);
        public static implicit operator HTuple(long[] values) => new HTuple(values);
        public static implicit operator HTuple(float[] values) => new HTuple(values);
        public static implicit operator HTuple(double[] values) => new HTuple(values);
        public static implicit operator HTuple(string[] values) => new HTuple(values);
        public static implicit operator HTuple(HHandle[] values) => new HTuple(values);
        public static implicit operator HTuple(object[] values) => new HTuple(values);

        public static implicit operator int(HTuple tuple) => tuple.I;
        public static implicit operator long(HTuple tuple) => tuple.L;
        public static implicit operator IntPtr(HTuple tuple) => new IntPtr(tuple.L);
        public static implicit operator bool(HTuple tuple) => tuple.L != 0;
        public static implicit operator double(HTuple tuple) => tuple.D;
        public static implicit operator string(HTuple tuple) => tuple.S;
        public static implicit operator HHandle(HTuple tuple) => tuple.H;
        public static implicit operator int[](HTuple tuple) => tuple.ToIArr();
        public static implicit operator long[](HTuple tuple) => tuple.ToLArr();
        public static implicit operator double[](HTuple tuple) => tuple.ToDArr();
        public static implicit operator string[](HTuple tuple) => tuple.ToSArr();

        internal virtual void Set(int index, object value) => Storage.Set(index, value);

        private void Assign(int[] indices, HTuple values)
        {
            if (values.Length != 1 && values.Length != indices.Length)
                throw new HTupleAccessException(indices.Length + " elements cannot take " + values.Length + " values");
            for (int i = 0; i < indices.Length; i++) Set(indices[i], values.Storage[values.Length == 1 ? 0 : i]);
        }

        private T[] Map<T>(Func<object, T> read)
        {
            var array = new T[Length];
            for (int i = 0; i < array.Length; i++) array[i] = read(Storage[i]);
            return array;
        }
    }
}
