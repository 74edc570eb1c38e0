using System.Text;

namespace SandboxOperator.Gateway.Http;

/// <summary>
/// The <c>Content-Disposition</c> of a form's field, in every way that clients write it: quoted or not, raw UTF-8 or
/// percent-escaped, with <c>filename*</c> or without.
/// </summary>
/// <param name="Name">The field's name, or null.</param>
/// <param name="FileName">The file's name, or null.</param>
internal sealed record ContentDisposition(string? Name, string? FileName)
{
    public static ContentDisposition Parse(string header)
    {
        string? name = null;
        string? plain = null;
        string? extended = null;
        foreach (var (key, value) in Parameters(header))
        {
            switch (key.ToLowerInvariant())
            {
                case "name":
                    name ??= value;
                    break;
                case "filename":
                    plain ??= Unescape(value);
                    break;
                case "filename*":
                    extended ??= Decode(value);
                    break;
            }
        }
        return new ContentDisposition(name, extended ?? plain);
    }

    private static IEnumerable<(string Key, string Value)> Parameters(string header)
    {
        var position = header.IndexOf(';', StringComparison.Ordinal);
        while (position >= 0 && position < header.Length)
        {
            var equals = header.IndexOf('=', position);
            if (equals < 0)
            {
                yield break;
            }
            var key = header[(position + 1)..equals].Trim();
            position = equals + 1;
            while (position < header.Length && header[position] == ' ')
            {
                position++;
            }
            string value;
            if (position < header.Length && header[position] == '"')
            {
                (value, position) = Quoted(header, position + 1);
                position = header.IndexOf(';', position);
            }
            else
            {
                var end = header.IndexOf(';', position);
                value = header[position..(end < 0 ? header.Length : end)].Trim();
                position = end;
            }
            yield return (key, value);
        }
    }

    /// <summary>A quoted text and the position behind it. Only quotes and backslashes are escaped by a backslash.</summary>
    private static (string Value, int End) Quoted(string header, int start)
    {
        var value = new StringBuilder();
        var position = start;
        for (; position < header.Length && header[position] != '"'; position++)
        {
            if (header[position] == '\\' && position + 1 < header.Length && header[position + 1] is ('"' or '\\'))
            {
                position++;
            }
            value.Append(header[position]);
        }
        return (value.ToString(), Math.Min(position + 1, header.Length));
    }

    /// <summary>Browsers and Node escape only what would end the quotes or the line.</summary>
    private static string Unescape(string value) =>
        value
            .Replace("%22", "\"", StringComparison.Ordinal)
            .Replace("%0D", "\r", StringComparison.OrdinalIgnoreCase)
            .Replace("%0A", "\n", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>utf-8''na%C3%AFve.csv</c>; null when it is something else, and the plain name counts.</summary>
    private static string? Decode(string value)
    {
        var parts = value.Split('\'', 3);
        return parts is [var charset, _, var text] && charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? Uri.UnescapeDataString(text)
            : null;
    }
}
