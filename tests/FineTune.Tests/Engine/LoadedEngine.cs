using System.Runtime.CompilerServices;
using FineTune.Engine;

namespace FineTune.Tests.Engine;

/// <summary>Tests touch TorchSharp before the library does: the engine is loaded when the assembly is.</summary>
internal static class LoadedEngine
{
    [ModuleInitializer]
    internal static void Load() => TorchEngine.Load();
}
