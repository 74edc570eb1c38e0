namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>A piece of output: whole characters in UTF-8.</summary>
internal readonly record struct OutputPiece(bool IsError, ReadOnlyMemory<byte> Text);
