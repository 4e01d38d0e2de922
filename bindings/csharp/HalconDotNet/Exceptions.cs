// What failed operators and misused tuples throw.
using System;

namespace HalconDotNet
{
    public class HalconException : Exception
    {
        private readonly int code;
        private readonly string text;

        public HalconException(int code, string text) : this(code, text, text) { }

        protected HalconException(int code, string text, string message) : base(message)
        {
            this.code = code;
            this.text = text;
        }

        public int GetErrorCode() => code;
        public string GetErrorMessage() => text;
    }

    /// <summary>An operator returned an error; the text names the parameter, what was found and what was wanted.</summary>
    public class HOperatorException : HalconException
    {
        public HOperatorException(int code, string text, string operatorName, int parameter = 0)
            : base(code, text, text + " in operator " + operatorName)
        {
            OperatorName = operatorName;
            Parameter = parameter;
        }

        public string OperatorName { get; }

        /// <summary>Number of the input control parameter that the error is about, from 1; 0: none in particular.</summary>
        public int Parameter { get; }

        public int GetExtendedErrorCode() => GetErrorCode();
        public string GetExtendedErrorMessage() => GetErrorMessage();
    }

    /// <summary>A tuple or an element of it was used as something that it is not.</summary>
    public class HTupleAccessException : HalconException
    {
        public HTupleAccessException(string text, int code = 2401) : base(code, text) { }
    }
}
