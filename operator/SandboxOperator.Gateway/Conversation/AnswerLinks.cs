namespace SandboxOperator.Gateway.Conversation;

/// <summary>Finds the links to files of the sandbox in answers.</summary>
internal static class AnswerLinks
{
    /// <summary>Every link of a whole text, in order; a path linked twice is there twice.</summary>
    public static IReadOnlyList<AnswerLink> Find(string text)
    {
        var splitter = new AnswerLinkSplitter();
        return [.. splitter.Push(text).Concat(splitter.Finish()).Select(piece => piece.Link).OfType<AnswerLink>()];
    }
}
