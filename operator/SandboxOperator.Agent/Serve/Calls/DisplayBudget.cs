using System.Globalization;
using System.Text;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>How much one call may display: in number and in bytes.</summary>
internal sealed class DisplayBudget
{
    public const int MaxItems = 100;
    public const int MaxItemBytes = 8 * 1024 * 1024;
    public const int MaxTotalBytes = 32 * 1024 * 1024;
    private const int MaxTypes = 16;
    private const int MaxTypeLength = 128;

    private int _items;
    private long _bytes;

    /// <summary>Takes an item, or says in words why it is left out.</summary>
    public string? Refuse(IReadOnlyDictionary<string, string> data)
    {
        if (data.Count is 0 or > MaxTypes || data.Any(d => d.Value is null || !IsMimeType(d.Key)))
        {
            return "it is not of the form of displayed data";
        }

        var bytes = data.Sum(d => (long)Encoding.UTF8.GetByteCount(d.Value));
        if (bytes > MaxItemBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it has {bytes:N0} bytes, more than {MaxItemBytes:N0}");
        }

        if (_items >= MaxItems)
        {
            return string.Create(CultureInfo.InvariantCulture, $"a call may display {MaxItems} items");
        }

        if (_bytes + bytes > MaxTotalBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"a call may display {MaxTotalBytes:N0} bytes");
        }

        _items++;
        _bytes += bytes;
        return null;
    }

    private static bool IsMimeType(string name) =>
        name.Length <= MaxTypeLength
        && name.Contains('/', StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "/.+-_;= ".Contains(c, StringComparison.Ordinal));
}
