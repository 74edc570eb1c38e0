namespace SandboxOperator.Gateway.Conversation;

/// <summary>One thing of a thread's history, in order: a message that a client wrote, or a turn of a run.</summary>
internal abstract record HistoryItem;
