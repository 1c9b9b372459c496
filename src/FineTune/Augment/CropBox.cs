namespace FineTune.Augment;

/// <summary>A rectangle of an image, in pixels from its top left corner. It may reach beyond the image.</summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct CropBox(int Left, int Top, int Width, int Height);
