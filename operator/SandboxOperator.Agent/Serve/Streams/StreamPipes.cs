using System.IO.Pipelines;

namespace SandboxOperator.Agent.Serve.Streams;

/// <summary>Both directions of a connection.</summary>
internal sealed record StreamPipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
