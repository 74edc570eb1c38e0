using System.Text;
using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Console.Live;

/// <summary>A text that grows, of which no more is kept than a page shows: its beginning and its end.</summary>
internal sealed class LongText
{
    /// <summary>One more than is shown, so that it says that something is missing.</summary>
    private const int Kept = CallOutput.MaxChars + 2;

    private readonly StringBuilder _text = new();
    private int _leftOut;

    public void Append(string? text)
    {
        _text.Append(text);
        if (_text.Length > 4 * Kept)
        {
            var tooMany = _text.Length - Kept;
            _text.Remove(Kept / 2, tooMany);
            _leftOut += tooMany;
        }
    }

    /// <summary>The text as a page shows it.</summary>
    public CallOutput Show() => CallOutput.OfText(_text.ToString(), CallOutput.MaxChars, _leftOut);
}
