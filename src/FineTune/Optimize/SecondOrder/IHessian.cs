namespace FineTune.Optimize.SecondOrder;

/// <summary>A symmetric matrix of second derivatives at one point, known by its products.</summary>
public interface IHessian : IDisposable
{
    /// <summary>result = H v.</summary>
    /// <param name="v">[n].</param>
    /// <param name="result">[n], overwritten.</param>
    void Multiply(ReadOnlySpan<double> v, Span<double> result);
}
