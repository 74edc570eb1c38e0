using System.Globalization;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>Sizes for people and models.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    /// <summary>For example <c>512 bytes</c> or <c>1.5 MiB</c>.</summary>
    public static string Text(long bytes)
    {
        if (bytes < 1024)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        }
        var size = bytes / 1024.0;
        var unit = 0;
        while (size >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {Units[unit]}");
    }
}
