using System.Diagnostics.CodeAnalysis;

namespace SandboxOperator.Controller.Hosting;

/// <summary>
/// One string for each of the texts that thousands of cached objects have in common, such as the names of labels and the
/// messages of conditions. What others write is among them, so it holds a bounded number and begins anew when it is full.
/// </summary>
internal sealed class SharedTexts
{
    private const int MostTexts = 1024;
    private const int MostChars = 512;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>The same text, which others may hold as well.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Of(string? text)
    {
        if (text is null || text.Length > MostChars)
        {
            return text;
        }

        lock (_lock)
        {
            if (_texts.TryGetValue(text, out var known))
            {
                return known;
            }

            if (_texts.Count >= MostTexts)
            {
                _texts.Clear();
            }

            _texts.Add(text);
            return text;
        }
    }
}
