using FineTune.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Experiment;

/// <summary>The devices that a recipe can name.</summary>
internal static class Devices
{
    /// <summary>cpu, cuda or cuda:INDEX, if the machine has it. Several ranks on a machine have a GPU each by cuda.</summary>
    /// <exception cref="FineTuneException">Another word, or a device that is not there.</exception>
    public static Device Parse(string name)
    {
        Device device;
        try
        {
            device = new Device(name);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw new FineTuneException($"The device is '{name}'; cpu, cuda or cuda:INDEX is allowed.", e);
        }

        if (device.type == DeviceType.CPU)
            return CPU;
        var count = device.type == DeviceType.CUDA ? cuda.device_count() : 0;
        var index = device.index <= 0 ? TorchEngine.LocalRank : device.index;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new FineTuneException(
                $"The device is '{name}', but this libtorch sees {count} CUDA devices; use cpu, or see `finetune doctor`.");
    }
}
