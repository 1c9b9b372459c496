namespace FineTune.Optimize.Lanes;

/// <summary>
/// The arithmetic that an update rule is written in. One text of a rule runs on a vector register (<see cref="SimdLane"/>),
/// on one float or double, and on tensors of any device.
/// </summary>
/// <typeparam name="T">The lane itself.</typeparam>
public interface ILane<T>
    where T : struct, ILane<T>
{
    /// <summary>Sum.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Difference.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>Product.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>Quotient.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>Product with a number that is the same everywhere.</summary>
    static abstract T operator *(Coefficient a, T b);

    /// <summary>Sum with a number that is the same everywhere.</summary>
    static abstract T operator +(T a, Coefficient b);

    /// <summary>Quotient by a number that is the same everywhere.</summary>
    static abstract T operator /(T a, Coefficient b);

    /// <summary>Square root.</summary>
    static abstract T Sqrt(T a);

    /// <summary>Absolute value.</summary>
    static abstract T Abs(T a);

    /// <summary>-1, 0 or 1.</summary>
    static abstract T Sign(T a);

    /// <summary>The larger of two.</summary>
    static abstract T Max(T a, T b);
}
