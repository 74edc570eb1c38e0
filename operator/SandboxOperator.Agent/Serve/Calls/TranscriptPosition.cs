namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>How far a reader of a <see cref="CallTranscript"/> has come.</summary>
internal readonly record struct TranscriptPosition(int Entry, int Offset);
