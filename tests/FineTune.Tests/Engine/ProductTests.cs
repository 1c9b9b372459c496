using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FineTune.Tests.Engine;

/// <summary>The products that the library uses in place of TorchSharp's matmul, whose errors end the process.</summary>
public sealed class ProductTests
{
    [Fact]
    public void Products_of_other_shapes_throw_and_do_not_end_the_process()
    {
        using var scope = NewDisposeScope();
        var (matrix, vector, batch) = (ones([2, 3]), ones([4]), ones([5, 2, 3]));
        Should.Throw<ExternalException>(() => matrix.mm(matrix));
        Should.Throw<ExternalException>(() => matrix.mv(vector));
        Should.Throw<ExternalException>(() => batch.bmm(batch));
        Should.Throw<ExternalException>(() => nn.functional.linear(matrix, ones([2, 4])));
    }
}
