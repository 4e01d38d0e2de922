// HTupleElements: what indexing an HTuple gives: a tuple of the chosen elements, which writes through to its parent.
namespace HalconDotNet
{
    public sealed class HTupleElements : HTuple
    {
        private readonly HTuple parent;
        private readonly int[] indices;

        internal HTupleElements(HTuple parent, int[] indices)
        {
            this.parent = parent;
            this.indices = indices;
            foreach (int index in indices) Storage.Add(parent.Storage[index]);
        }

        internal override void Set(int index, object value)
        {
            base.Set(index, value);
            parent.Set(indices[index], value);
        }
    }
}
