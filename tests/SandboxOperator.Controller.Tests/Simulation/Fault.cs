namespace SandboxOperator.Controller.Tests.Simulation;

/// <summary>What goes wrong with a write.</summary>
internal enum Fault
{
    None,

    /// <summary>It never arrives, and the writer cannot tell.</summary>
    Lost,

    /// <summary>It is done, but its answer never arrives.</summary>
    AnswerLost,
}
