using System.Collections.Concurrent;
using Microsoft.ML.Tokenizers;

namespace SandboxOperator.Gateway.Tokens;

/// <summary>Counts in the vocabulary o200k_base and keeps a correction per model.</summary>
internal sealed class TokenCounter : ITokenCounter
{
    /// <summary>Longer texts are counted by samples of this many characters.</summary>
    private const int SampleChars = 16_384;
    private const int MaxCached = 8192;
    private const int MaxModels = 1000;
    private const int MinCachedChars = 64;

    /// <summary>Weight of the newest report.</summary>
    private const double Weight = 0.3;

    /// <summary>Immutable, and slow to load: one for the process.</summary>
    private static readonly Lazy<Tokenizer> Vocabulary = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));
    private readonly ConcurrentDictionary<(int Length, int Hash), int> _cache = new();
    private readonly ConcurrentDictionary<string, double> _ratios = new(StringComparer.Ordinal);

    public int Count(string text)
    {
        if (text.Length < MinCachedChars)
        {
            return CountUncached(text);
        }
        // A hash that collides gives a wrong estimate, no more; the texts themselves need not be kept.
        var key = (text.Length, text.GetHashCode(StringComparison.Ordinal));
        if (_cache.TryGetValue(key, out var known))
        {
            return known;
        }
        var count = CountUncached(text);
        if (_cache.Count >= MaxCached)
        {
            _cache.Clear();
        }
        _cache[key] = count;
        return count;
    }

    public long Correct(string model, long counted) =>
        (long)Math.Ceiling(counted * _ratios.GetValueOrDefault(model, 1.0));

    public void Learn(string model, long counted, long reported)
    {
        if (counted <= 0 || reported <= 0)
        {
            return;
        }
        var ratio = Math.Clamp((double)reported / counted, 0.25, 4.0);
        if (_ratios.Count >= MaxModels && !_ratios.ContainsKey(model))
        {
            return;
        }
        _ratios.AddOrUpdate(model, ratio, (_, old) => old + (Weight * (ratio - old)));
    }

    private static int CountUncached(string text)
    {
        if (text.Length <= 2 * SampleChars)
        {
            return Vocabulary.Value.CountTokens(text);
        }
        var head = Vocabulary.Value.CountTokens(text.AsSpan(0, SampleChars));
        var middle = Vocabulary.Value.CountTokens(text.AsSpan((text.Length - SampleChars) / 2, SampleChars));
        return (int)Math.Min(int.MaxValue, (head + middle) / (2.0 * SampleChars) * text.Length);
    }
}
