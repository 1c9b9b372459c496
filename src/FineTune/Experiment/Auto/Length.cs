namespace FineTune.Experiment.Auto;

/// <summary>How long a run is: in steps, whatever the number of images, in epochs that are long enough for a validation.</summary>
/// <param name="Epochs">Epochs.</param>
/// <param name="Repeats">Passes over the images of an epoch.</param>
/// <param name="Patience">Epochs without a better validation, after which the run ends.</param>
internal sealed record Length(int Epochs, int Repeats, int Patience)
{
    /// <summary>Passes over the images beside the steps that any dataset gets: a large one is seen a few times.</summary>
    public const int Passes = 6;

    /// <summary>Pixels a side up to which an input is small, as CIFAR's: images cost little.</summary>
    public const int SmallInput = 64;

    /// <summary>The part of the time of training that validation may take.</summary>
    public const double ValidationShare = 0.15;

    private const int LeastImages = 8000, LeastSmall = 16_000, LeastSteps = 250, EnoughSteps = 500; // what any dataset gets
    private const double BackwardCost = 3; // a training step's time an image, in predictions
    private const int FewestEpochs = 4, MostEpochs = 20, LeastPatience = 3;

    /// <summary>Steps by the number of images.</summary>
    /// <param name="perPass">Steps of a pass over the images.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="input">Pixels a side.</param>
    public static long StepsFor(long perPass, int batch, int input) =>
        Math.Clamp((input <= SmallInput ? LeastSmall : LeastImages) / batch, LeastSteps, EnoughSteps) + (Passes * perPass);

    /// <summary>A length of about so many steps.</summary>
    /// <param name="steps">Steps.</param>
    /// <param name="perPass">Steps of a pass over the images.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="validation">Validation images.</param>
    public static Length Of(long steps, long perPass, int batch, int validation)
    {
        var apart = validation / (BackwardCost * ValidationShare * batch); // steps between validations that cost their share
        var epochs = Math.Clamp(steps / Math.Max(1, apart), FewestEpochs, MostEpochs);
        var repeats = Math.Max(1, (int)Math.Round(steps / epochs / perPass));
        var count = (int)Math.Max(1, Math.Round((double)steps / (repeats * perPass)));
        return new Length(count, repeats, Math.Max(LeastPatience, count / 2));
    }
}
