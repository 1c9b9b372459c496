using System.Runtime.InteropServices;
using System.Text;

namespace FineTune.Images;

/// <summary>
/// JPEG, PNG and WebP through the machine's own libjpeg-turbo, libpng and libwebp, by the shim in native/. Its pixels are
/// Pillow's, because Pillow's are these libraries'.
/// </summary>
internal sealed unsafe partial class SystemCodec : IImageCodec
{
    private const string Library = "finetune_images";
    private const int TextLength = 256; // FTI_TEXT

    private static readonly Lazy<bool> Found =
        new(() => NativeLibrary.TryLoad(Library, typeof(SystemCodec).Assembly, DllImportSearchPath.AssemblyDirectory, out _));

    /// <inheritdoc/>
    public string Libraries
    {
        get
        {
            Require();
            var text = stackalloc byte[TextLength];
            ReadLibraries(text);
            return Text(text);
        }
    }

    /// <inheritdoc/>
    public ImageInfo Identify(ReadOnlySpan<byte> bytes, ImageFormat format, string name)
    {
        Require();
        Header header;
        var text = stackalloc byte[TextLength];
        fixed (byte* data = bytes)
            Check(ReadHeader((int)format, data, (nuint)bytes.Length, &header, text), text, name);
        return new ImageInfo(format, header.Width, header.Height, header.Channels, header.Bits) { Animated = header.Animated != 0 };
    }

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> bytes, ImageInfo info, ImageLimits limits, string name)
    {
        var (width, height) = (info.StoredWidth, info.StoredHeight);
        var pixels = GC.AllocateUninitializedArray<byte>(checked(3 * width * height));
        var text = stackalloc byte[TextLength];
        fixed (byte* data = bytes)
        fixed (byte* rgb = pixels)
            Check(ReadPixels((int)info.Format, data, (nuint)bytes.Length, limits.MaxScans, width, height, rgb, text), text, name);
        return new RgbImage(width, height, pixels);
    }

    [LibraryImport(Library, EntryPoint = "fti_identify")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int ReadHeader(int format, byte* data, nuint size, Header* header, byte* text);

    [LibraryImport(Library, EntryPoint = "fti_decode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int ReadPixels(int format, byte* data, nuint size, int maxScans, int width, int height, byte* rgb, byte* text);

    [LibraryImport(Library, EntryPoint = "fti_libraries")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void ReadLibraries(byte* text);

    private static void Require()
    {
        if (!Found.Value)
            throw new FineTuneException($"lib{Library}.so cannot be loaded from beside FineTune.dll; install libjpeg62-turbo-dev, libpng-dev, libwebp-dev, cmake and gcc (scripts/setup.sh does) and build again.");
    }

    private static void Check(int status, byte* text, string name)
    {
        const int Ok = 0, Damaged = 1;
        if (status == Damaged)
            throw new ImageException(name, Text(text));
        if (status != Ok)
            throw new InvalidOperationException($"{Library}: {Text(text)}.");
    }

    private static string Text(byte* text) =>
        Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    /// <summary>fti_header of native/images.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public int Width;
        public int Height;
        public int Channels;
        public int Bits;
        public int Animated;
    }
}
