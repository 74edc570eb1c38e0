using k8s.Models;

namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>Counts nodes one by one, and keeps none of them.</summary>
internal sealed class NodeTally(NodePlacement placement)
{
    private int _reporting;
    private string? _other;

    /// <summary>Whether no further node changes the answer.</summary>
    public bool IsDecided => _other is not null;

    public NodeAnswer Answer =>
        _other is not null
            ? new NodeAnswer(
                NodeAnswerKind.OneDoesNot,
                $"The node {_other} does not report user namespaces for {Handler}, and sandboxes may come to it."
            )
        : _reporting == 0 ? new NodeAnswer(NodeAnswerKind.NoNode, "There is no node that sandboxes may come to.")
        : new NodeAnswer(NodeAnswerKind.AllReport, $"Every node reports user namespaces for {Handler}.");

    private string Handler =>
        placement.Handler.Length == 0 ? "its default runtime handler" : $"the runtime handler '{placement.Handler}'";

    public void Count(V1Node node)
    {
        if (IsDecided || !placement.Admits(node))
        {
            return;
        }

        if (placement.IsReportedBy(node))
        {
            _reporting++;
        }
        else
        {
            _other = node.Metadata.Name;
        }
    }
}
