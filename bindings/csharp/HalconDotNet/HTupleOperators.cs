// Operators of HTuple: tuple_add, tuple_less, …; those on bits, which have no operator, are here. Comparisons look at
// whole tuples and give bool.
using System;

namespace HalconDotNet
{
    public partial class HTuple
    {
        public static HTuple operator +(HTuple a, HTuple b) => a.TupleAdd(b);
        public static HTuple operator -(HTuple a, HTuple b) => a.TupleSub(b);
        public static HTuple operator *(HTuple a, HTuple b) => a.TupleMult(b);
        public static HTuple operator /(HTuple a, HTuple b) => a.TupleDiv(b);
        public static HTuple operator %(HTuple a, HTuple b) => a.TupleMod(b);
        public static HTuple operator |(HTuple a, HTuple b) => Bits(a, b, (x, y) => x | y);
        public static HTuple operator &(HTuple a, HTuple b) => Bits(a, b, (x, y) => x & y);
        public static HTuple operator ^(HTuple a, HTuple b) => Bits(a, b, (x, y) => x ^ y);
        public static HTuple operator <<(HTuple a, int b) => Bits(a, b, (x, y) => y > 63 ? 0 : x << (int)y);
        public static HTuple operator >>(HTuple a, int b) => Bits(a, b, (x, y) => x >> (int)Math.Min(y, 63));
        public static HTuple operator -(HTuple a) => a.TupleNeg();
        public static HTuple operator ~(HTuple a) => a ^ new HTuple(-1);
        public static HTuple operator ++(HTuple a) => a + new HTuple(1);
        public static bool operator !(HTuple a) => a.L == 0;
        public static bool operator <(HTuple a, HTuple b) => a.TupleLess(b) != 0;
        public static bool operator <=(HTuple a, HTuple b) => a.TupleLessEqual(b) != 0;
        public static bool operator >(HTuple a, HTuple b) => a.TupleGreater(b) != 0;
        public static bool operator >=(HTuple a, HTuple b) => a.TupleGreaterEqual(b) != 0;
        public static bool operator !=(HTuple a, HTuple b) => !(a == b);

        public static bool operator ==(HTuple a, HTuple b)
        {
            if (ReferenceEquals(a, null) || ReferenceEquals(b, null)) return ReferenceEquals(a, b);
            return a.TupleEqual(b) != 0;
        }

        public override bool Equals(object other) => this == (other as HTuple);
        public override int GetHashCode() => Length; // 1 equals 1.0: the elements say nothing that is cheap

        private static HTuple Bits(HTuple a, HTuple b, Func<long, long, long> combine)
        {
            long[] x = a.LArr, y = b.LArr;
            if (x.Length != y.Length && x.Length != 1 && y.Length != 1)
                throw new HTupleAccessException(
                    "tuples of " + x.Length + " and " + y.Length + " elements do not go together");
            var result = new long[x.Length == 1 ? y.Length : x.Length];
            for (int i = 0; i < result.Length; i++) result[i] = combine(x[x.Length == 1 ? 0 : i], y[y.Length == 1 ? 0 : i]);
            return new HTuple(result);
        }
    }
}
