using System.Diagnostics;

namespace FineTune.Tests.Cli;

/// <summary>Runs the command line as its users do: another process, no terminal.</summary>
internal static class Finetune
{
    private const int Seconds = 600; // a hang, not slowness, ends a test

    private static readonly string Dll = Path.Combine(AppContext.BaseDirectory, "FineTune.Cli.dll");

    public static Outcome Run(params string[] arguments) => Start("dotnet", [Dll, .. arguments]);

    /// <summary>Runs it where no file may be larger than a number of KiB.</summary>
    public static Outcome RunWithFileLimit(int kibibytes, params string[] arguments) =>
        Start("bash", ["-c", $"ulimit -f {kibibytes}; exec dotnet \"$@\"", "bash", Dll, .. arguments], ("DOTNET_EnableWriteXorExecute", "0"));

    /// <summary>Runs another program in the same way.</summary>
    public static Outcome Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repo.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(Seconds)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"finetune {string.Join(' ', start.ArgumentList)} did not end in {Seconds} s.");
        }

        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
