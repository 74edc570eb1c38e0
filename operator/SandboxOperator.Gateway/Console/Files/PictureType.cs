namespace SandboxOperator.Gateway.Console.Files;

/// <summary>Knows raster pictures by their first bytes.</summary>
internal static class PictureType
{
    /// <summary>Bytes that are enough to know.</summary>
    public const int HeadBytes = 12;

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];
    private static ReadOnlySpan<byte> Jpeg => [0xff, 0xd8, 0xff];

    /// <summary>The media type, or null for anything else.</summary>
    public static string? Of(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(Png))
        {
            return "image/png";
        }

        if (head.StartsWith(Jpeg))
        {
            return "image/jpeg";
        }

        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8))
        {
            return "image/gif";
        }

        return head.Length >= HeadBytes && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8)
            ? "image/webp"
            : null;
    }
}
