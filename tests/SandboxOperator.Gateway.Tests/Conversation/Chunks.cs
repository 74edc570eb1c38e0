namespace SandboxOperator.Gateway.Tests.Conversation;

internal static class Chunks
{
    /// <summary>Cuts a text into pieces of the given sizes, used again and again.</summary>
    public static IEnumerable<string> Of(string text, IReadOnlyList<int> sizes)
    {
        for (var (at, i) = (0, 0); at < text.Length; i++)
        {
            var size = sizes.Count == 0 ? text.Length : (int)(Math.Abs((long)sizes[i % sizes.Count]) % 7) + 1;
            var length = Math.Min(size, text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
