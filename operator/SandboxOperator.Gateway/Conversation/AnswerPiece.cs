namespace SandboxOperator.Gateway.Conversation;

/// <summary>A piece of an answer's text: plain, or exactly one link.</summary>
internal sealed record AnswerPiece(string Text, AnswerLink? Link);
