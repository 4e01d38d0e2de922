// Operators of HTuple. Arithmetic works element by element (one side may be a single value; next to a string + joins
// text); comparisons look at whole tuples and give bool.
using System;

namespace HalconDotNet
{
    public partial class HTuple
    {
        public static HTuple operator +(HTuple a, HTuple b) => Each(a, b, Plus);
        public static HTuple operator -(HTuple a, HTuple b) => Each(a, b, Numbers((x, y) => x - y, (x, y) => x - y));
        public static HTuple operator *(HTuple a, HTuple b) => Each(a, b, Numbers((x, y) => x * y, (x, y) => x * y));
        public static HTuple operator /(HTuple a, HTuple b) => Each(a, b, Numbers(Quotient, (x, y) => x / y));
        public static HTuple operator %(HTuple a, HTuple b) => Each(a, b, Integers(Remainder));
        public static HTuple operator |(HTuple a, HTuple b) => Each(a, b, Integers((x, y) => x | y));
        public static HTuple operator &(HTuple a, HTuple b) => Each(a, b, Integers((x, y) => x & y));
        public static HTuple operator ^(HTuple a, HTuple b) => Each(a, b, Integers((x, y) => x ^ y));
        public static HTuple operator <<(HTuple a, int b) => Each(a, b, Integers((x, y) => y > 63 ? 0 : x << (int)y));
        public static HTuple operator >>(HTuple a, int b) => Each(a, b, Integers((x, y) => x >> (int)Math.Min(y, 63)));
        public static HTuple operator -(HTuple a) => new HTuple(0) - a;
        public static HTuple operator ~(HTuple a) => a ^ new HTuple(-1);
        public static HTuple operator ++(HTuple a) => a + new HTuple(1);
        public static bool operator !(HTuple a) => a.L == 0;

        public static bool operator ==(HTuple a, HTuple b)
        {
            if (ReferenceEquals(a, null) || ReferenceEquals(b, null)) return ReferenceEquals(a, b);
            if (a.Length != b.Length) return false;
            for (int i = 0; i < a.Length; i++)
                if (Compare(a.Storage[i], b.Storage[i]) != 0) return false;
            return true;
        }

        public static bool operator !=(HTuple a, HTuple b) => !(a == b);
        public static bool operator <(HTuple a, HTuple b) => Order(a, b) < 0;
        public static bool operator <=(HTuple a, HTuple b) => Order(a, b) <= 0;
        public static bool operator >(HTuple a, HTuple b) => Order(a, b) > 0;
        public static bool operator >=(HTuple a, HTuple b) => Order(a, b) >= 0;

        public override bool Equals(object other) => this == (other as HTuple);
        public override int GetHashCode() => Length == 0 ? 0 : Length * 31 + ToString().GetHashCode();

        private static HTuple Each(HTuple a, HTuple b, Func<object, object, object> combine)
        {
            if (a.Length != b.Length && a.Length != 1 && b.Length != 1)
                throw new HTupleAccessException(
                    "tuples of " + a.Length + " and " + b.Length + " elements do not go together");
            var result = new HTuple();
            int num = a.Length == 1 ? b.Length : a.Length;
            for (int i = 0; i < num; i++)
                result.Storage.Add(combine(a.Storage[a.Length == 1 ? 0 : i], b.Storage[b.Length == 1 ? 0 : i]));
            return result;
        }

        private static Func<object, object, object> Numbers(Func<long, long, long> integers, Func<double, double, double> reals)
        {
            return (a, b) => a is long && b is long
                ? (object)integers((long)a, (long)b)
                : reals(TupleStorage.AsDouble(a), TupleStorage.AsDouble(b));
        }

        private static Func<object, object, object> Integers(Func<long, long, long> combine) =>
            (a, b) => combine(TupleStorage.AsLong(a), TupleStorage.AsLong(b));

        private static object Plus(object a, object b)
        {
            if (a is string || b is string) return Text(a) + Text(b);
            return Numbers((x, y) => x + y, (x, y) => x + y)(a, b);
        }

        private static string Text(object value) => value as string ?? TupleStorage.Printed(value);

        private static long Quotient(long a, long b) => b == 0 ? throw DivisionByZero() : b == -1 ? unchecked(-a) : a / b;
        private static long Remainder(long a, long b) => b == 0 ? throw DivisionByZero() : b == -1 ? 0 : a % b;
        private static HTupleAccessException DivisionByZero() => new HTupleAccessException("division by zero");

        /// <summary>-1, 0, 1, or null where two elements have no order.</summary>
        private static int? Compare(object a, object b)
        {
            if (a is string && b is string) return Math.Sign(string.CompareOrdinal((string)a, (string)b));
            if (a is HHandle && b is HHandle)
                return ((HHandle)a).Handle.ToInt64().CompareTo(((HHandle)b).Handle.ToInt64());
            if (a is string || b is string || a is HHandle || b is HHandle) return null;
            if (a is long && b is long) return ((long)a).CompareTo((long)b);
            double x = TupleStorage.AsDouble(a), y = TupleStorage.AsDouble(b);
            return double.IsNaN(x) || double.IsNaN(y) ? (int?)null : x.CompareTo(y);
        }

        private static int Order(HTuple a, HTuple b)
        {
            for (int i = 0; i < a.Length && i < b.Length; i++)
            {
                int? order = Compare(a.Storage[i], b.Storage[i]);
                if (order == null) throw new HTupleAccessException("the tuples have elements without an order");
                if (order != 0) return order.Value;
            }
            return a.Length.CompareTo(b.Length);
        }
    }
}
