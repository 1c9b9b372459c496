namespace FineTune.Models;

/// <summary>A head whose dropout is more than one layer's probability.</summary>
internal interface IHeadDropout
{
    /// <summary>Sets the dropout before its last layer, and what goes with it.</summary>
    /// <param name="p">In [0, 1).</param>
    void Drop(double p);
}
