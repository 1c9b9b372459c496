using FineTune.Torch;

namespace TorchSharp;

// Decompositions of matrices.
public static partial class torch
{
    public static class linalg
    {
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Ops.LinalgEigh.Call2(input, UPLO.ToString());
    }
}
