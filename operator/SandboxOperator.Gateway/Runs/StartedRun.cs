using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Runs;

/// <summary>A run that is stored and held, but not dispatched yet.</summary>
/// <param name="Run">The run.</param>
/// <param name="NewThread">The thread that was made with it, or null.</param>
/// <param name="Active">What this process holds for it.</param>
internal sealed record StartedRun(RunEntity Run, ThreadEntity? NewThread, ActiveRun Active);
