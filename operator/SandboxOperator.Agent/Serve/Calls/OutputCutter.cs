using System.Globalization;
using System.Text;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>
/// The output limit of one call. The first half of the limit passes through as it comes; of what follows, the last
/// half is kept until the end. Both streams count together. Text is cut between characters only.
/// </summary>
internal sealed class OutputCutter
{
    private readonly int _headLimit;
    private readonly OutputTail _tail;
    private int _headBytes;
    private bool _headFull;

    /// <param name="limitBytes">Most bytes of UTF-8 that are kept, the mark of the cut not counted.</param>
    public OutputCutter(long limitBytes)
    {
        var limit = (int)Math.Min(limitBytes, int.MaxValue / 4);
        _headLimit = limit / 2;
        _tail = new OutputTail(limit - _headLimit);
    }

    /// <summary>Takes text and returns what of it may be passed on at once.</summary>
    public ReadOnlyMemory<byte> Add(bool isError, string text)
    {
        // Half a surrogate pair, which JSON can carry, becomes U+FFFD here.
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text);
        var head = _headFull ? 0 : bytes.Length;
        if (head > _headLimit - _headBytes)
        {
            head = Utf8.CharacterStart(bytes.Span, _headLimit - _headBytes);
            _headFull = true;
        }

        _headBytes += head;
        _tail.Add(isError, bytes.Span[head..]);
        return bytes[..head];
    }

    /// <summary>Notes that the sandbox has left out output itself, so that the cut is there.</summary>
    public void Omit(long bytes)
    {
        _headFull = true;
        _tail.Omit(bytes);
    }

    /// <summary>What is left to be passed on at the end, the mark of the cut first.</summary>
    /// <param name="omittedBytes">How many bytes were left out.</param>
    public IReadOnlyList<OutputPiece> Finish(out long omittedBytes)
    {
        var pieces = _tail.Take(out omittedBytes);
        return omittedBytes == 0 ? pieces : [new(pieces.Count > 0 && pieces[0].IsError, Mark(omittedBytes)), .. pieces];
    }

    private static byte[] Mark(long omitted) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n… {omitted:N0} bytes left out …\n"));
}
