namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>One output of a call: text, or a picture.</summary>
/// <param name="Text">What was printed; null for a picture.</param>
/// <param name="PictureId">The file of the picture; null for text.</param>
/// <param name="LeftOut">Characters in the middle that the page leaves out.</param>
public sealed record CallOutput(string? Text, string? PictureId, int LeftOut)
{
    /// <summary>More of one text is not shown on a page.</summary>
    internal const int MaxChars = 32 * 1024;

    /// <param name="text">What was printed, or any other text.</param>
    /// <param name="maxChars">What is shown of it.</param>
    /// <param name="leftOut">Characters in the middle that are missing already; the text is longer than what is shown.</param>
    internal static CallOutput OfText(string text, int maxChars = MaxChars, int leftOut = 0)
    {
        if (text.Length <= maxChars)
        {
            return new CallOutput(text, null, 0);
        }

        // Not between the halves of a character.
        var head = maxChars / 2;
        var tail = text.Length - (maxChars / 2);
        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(text[tail]) ? 1 : 0;
        leftOut += tail - head;
        return new CallOutput(
            $"{text[..head]}\n\n… {Console.Text.Format.Count(leftOut)} characters are left out …\n\n{text[tail..]}",
            null,
            leftOut
        );
    }
}
