using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace SandboxOperator.Gateway.Organization;

/// <summary>The cursor of a page: where its first bucket starts. Clients give back what they got.</summary>
internal static class PageCursor
{
    private const string Prefix = "page_";

    public static string Of(long startMs)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, startMs);
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    public static bool TryRead(string cursor, [NotNullWhen(true)] out long? startMs)
    {
        startMs = null;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        if (
            cursor.StartsWith(Prefix, StringComparison.Ordinal)
            && cursor.Length <= Prefix.Length + 12
            && Base64Url.IsValid(cursor.AsSpan(Prefix.Length))
            && Base64Url.TryDecodeFromChars(cursor.AsSpan(Prefix.Length), bytes, out var written)
            && written == bytes.Length
        )
        {
            startMs = BinaryPrimitives.ReadInt64BigEndian(bytes);
        }

        return startMs is not null;
    }
}
