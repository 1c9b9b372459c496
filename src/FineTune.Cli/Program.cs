using System.CommandLine;
using FineTune.Cli.Verbs;

namespace FineTune.Cli;

/// <summary>`finetune`: parses, calls the library, draws.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var root = new RootCommand(
            "Fine-tunes pretrained image classifiers on a folder of images.\n\n" +
            "Example: finetune train --data photos --model resnet18 --weights resnet18-f37072fd.pth --out runs/first\n\n" +
            "Exit codes: 0 done, 1 failed (one sentence says why), 2 wrong usage.")
        {
            TrainVerb.Command(),
            FindLrVerb.Command(),
            EvalVerb.Command(),
            EnsembleVerb.Command(),
            PredictVerb.Command(),
            CompareVerb.Command(),
            InspectVerb.Command(),
            ListVerb.Command(),
            DoctorVerb.Command(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        foreach (var error in parsed.Errors)
            Console.Error.WriteLine(error.Message);
        Console.Error.WriteLine("See --help.");
        return Exit.Usage;
    }
}
