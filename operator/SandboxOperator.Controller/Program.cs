using SandboxOperator.Controller.Generate;

if (args is ["generate", .. var rest])
{
    return GenerateCommand.Run(rest, Console.Out, Console.Error);
}

await Console.Error.WriteLineAsync(GenerateCommand.Usage);
return 2;
