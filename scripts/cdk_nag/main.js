// Holds the translated template against the rules of AWS Solutions (cdk-nag) and prints what they find,
// as JSON: [{"rule": …, "resource": …}, …].
//
// Usage: node main.js TEMPLATE.json

import { App, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { AwsSolutionsChecks } from "cdk-nag";

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, "stack");
new CfnInclude(stack, "template", { templateFile: process.argv[2] });

const findings = new AwsSolutionsChecks(app)
  .validateScope(app)
  .violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({
      rule: ruleName,
      resource: constructPath.split("/").at(-1),
    })),
  );
console.log(JSON.stringify(findings));
