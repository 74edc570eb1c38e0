namespace SandboxOperator.Kube.Controllers;

/// <summary>Runs a controller while this process leads.</summary>
internal interface IControllerLoop
{
    Task RunAsync(CancellationToken token);
}
