namespace SandboxOperator.Gateway.Telemetry;

/// <summary>
/// Short texts that were searched and held no secret, a bounded number of them: the newest generation and the one
/// before. The messages of a thread are searched for the span of each request to the model; most were there before.
/// </summary>
internal sealed class CleanTexts
{
    private const int MostChars = 1024;
    private const int MostTexts = 2048;
    private readonly Lock _lock = new();
    private HashSet<string> _newest = new(StringComparer.Ordinal);
    private HashSet<string> _older = new(StringComparer.Ordinal);

    /// <summary>Whether the text is known to hold no secret.</summary>
    public bool Contains(string text)
    {
        if (text.Length > MostChars)
        {
            return false;
        }

        lock (_lock)
        {
            if (_newest.Contains(text))
            {
                return true;
            }

            if (!_older.TryGetValue(text, out var known))
            {
                return false;
            }

            AddToNewest(known);
            return true;
        }
    }

    /// <summary>Remembers a text that holds no secret.</summary>
    public void Add(string text)
    {
        if (text.Length <= MostChars)
        {
            lock (_lock)
            {
                AddToNewest(text);
            }
        }
    }

    private void AddToNewest(string text)
    {
        if (_newest.Count >= MostTexts)
        {
            (_older, _newest) = (_newest, new HashSet<string>(StringComparer.Ordinal));
        }

        _newest.Add(text);
    }
}
