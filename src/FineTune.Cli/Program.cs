using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FineTune.Cli.Verbs;
using FineTune.Distributed;

namespace FineTune.Cli;

/// <summary>`finetune`: parses, calls the library, draws.</summary>
internal static class Program
{
    /// <summary>The first thing to try.</summary>
    public const string Example = "finetune train --data photos --model resnet18 --weights resnet18-f37072fd.pth --out runs/first";

    // Kept to the end of the process: the signal is handled by a thread of its own, which may come late.
    private static PosixSignalRegistration? _fileSizeSignal;

    private static int Main(string[] arguments) => OpenFileLimit.Suffices() ? Run(arguments) : Exit.Failed;

    /// <summary>Apart from Main: to compile it, libraries are loaded.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Run(string[] arguments)
    {
        _fileSizeSignal = IgnoreFileSizeSignal();
        if (Launch.Detect().Size > 1)
            Environment.SetEnvironmentVariable("TERM", "dumb"); // mpirun gives a process a terminal, whose control codes it passes on
        var root = Root();
        var parsed = root.Parse(arguments);
        if (arguments.Length == 0)
        {
            root.Parse("--help").Invoke();
            return Exit.Usage;
        }

        var asksForHelp = parsed.Action is HelpWithExamples;
        if (asksForHelp || (parsed.Errors.Count == 0 && WrongUsage.IsRight(parsed)))
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        foreach (var sentence in WrongUsage.Sentences(parsed))
            Ui.Error(sentence);
        Console.Error.WriteLine(
            $"See: {(parsed.CommandResult.Command is VerbCommand verb ? Shell.Line(verb.Name, "--help") : Shell.Line("--help"))}");
        return Exit.Usage;
    }

    /// <summary>A file beyond the limit of `ulimit -f` is then a failure with a sentence; by default the signal ends the process.</summary>
    private static PosixSignalRegistration? IgnoreFileSizeSignal()
    {
        const PosixSignal FileSizeExceeded = (PosixSignal)25; // SIGXFSZ on Linux
        return OperatingSystem.IsLinux() ? PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true) : null;
    }

    /// <summary>Every verb.</summary>
    internal static RootCommand Root()
    {
        var root = new RootCommand("Fine-tunes pretrained image classifiers on a folder of images.")
        {
            TrainVerb.Command(),
            FindLrVerb.Command(),
            EvalVerb.Command(),
            EnsembleVerb.Command(),
            DistillVerb.Command(),
            SweepVerb.Command(),
            SweepTaskVerb.Command(),
            PredictVerb.Command(),
            ProbeVerb.Command(),
            ExportVerb.Command(),
            CompareVerb.Command(),
            RaceVerb.Command(),
            GradCheckVerb.Command(),
            CurvatureVerb.Command(),
            InspectVerb.Command(),
            ListVerb.Command(),
            RecipeVerb.Command(),
            ReproduceVerb.Command(),
            DoctorVerb.Command(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
