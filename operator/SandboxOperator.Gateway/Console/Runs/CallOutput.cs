namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>One output of a call: text, or a picture.</summary>
/// <param name="Text">What was printed; null for a picture.</param>
/// <param name="PictureId">The file of the picture; null for text.</param>
/// <param name="LeftOut">Characters in the middle that the page leaves out.</param>
public sealed record CallOutput(string? Text, string? PictureId, int LeftOut)
{
    /// <summary>More of one output is not shown on a page.</summary>
    internal const int MaxChars = 32 * 1024;

    internal static CallOutput OfText(string text)
    {
        if (text.Length <= MaxChars)
        {
            return new CallOutput(text, null, 0);
        }

        // Not between the halves of a character.
        var head = MaxChars / 2;
        var tail = text.Length - (MaxChars / 2);
        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(text[tail]) ? 1 : 0;
        return new CallOutput(
            $"{text[..head]}\n\n… {Console.Text.Format.Count(tail - head)} characters are left out …\n\n{text[tail..]}",
            null,
            tail - head
        );
    }
}
