using FineTune.Torch;

namespace TorchSharp.Tests;

/// <summary>What MissingLibtorchTests starts as a process of its own: says what the engine says where its native half is not there.</summary>
internal static class WithoutLibtorch
{
    public static int Main()
    {
        Console.WriteLine(Engine.LoadError());
        try
        {
            torch.ones([1]).Dispose();
        }
        catch (DllNotFoundException e)
        {
            Console.WriteLine(e.Message);
        }

        return 0;
    }
}
