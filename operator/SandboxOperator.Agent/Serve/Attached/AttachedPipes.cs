using System.IO.Pipelines;

namespace SandboxOperator.Agent.Serve.Attached;

/// <summary>Both directions of a connection.</summary>
internal sealed record AttachedPipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
